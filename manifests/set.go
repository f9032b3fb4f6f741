package manifests

import (
	v1 "k8s.io/api/core/v1"
)

// Origin says where an object was written, for messages.
type Origin struct {
	// File is the source as the user named it ("web.yaml", "-" is "stdin", a URL).
	File string
	// Document counts the documents of a file from 1; 0 when the file has just one.
	Document int
	// Kind, Namespace and Name are the object's, as far as they could be read.
	Kind, Namespace, Name string
}

// Object is one decoded, defaulted and checked object.
type Object[T any] struct {
	Origin Origin
	// Value is the object with the API server's defaults filled in.
	Value T
	// Source is the object as it was given, as JSON, before defaulting, with its namespace.
	Source []byte
	// Stored says that the object was not given in this invocation but applied earlier.
	Stored bool
}

// Set is all objects of one invocation, in the order in which they were given.
type Set struct {
	Pods       []Object[*v1.Pod]
	ConfigMaps []Object[*v1.ConfigMap]
	Secrets    []Object[*v1.Secret]
	Claims     []Object[*v1.PersistentVolumeClaim]
	// PersistentVolumes belong to no namespace.
	PersistentVolumes []Object[*v1.PersistentVolume]
	// Order lists the origins of all objects in the order given, for output.
	Order []Origin
}

// ConfigMap returns the ConfigMap of that namespace and name, or nil.
func (s *Set) ConfigMap(namespace, name string) *v1.ConfigMap {
	return find(s.ConfigMaps, namespace, name)
}

func find[T any](objects []Object[*T], namespace, name string) *T {
	for _, o := range objects {
		if o.Origin.Namespace == namespace && o.Origin.Name == name {
			return o.Value
		}
	}
	return nil
}
