package main

import (
	v1 "k8s.io/api/core/v1"

	"github.com/kubehost/kubehost/manifests"
)

type podType = v1.Pod

// object is what the store keeps of an object other than a pod.
type object struct {
	origin manifests.Origin
	source []byte
}

// objects are the given objects of a set other than its pods.
func objects(set *manifests.Set) []object {
	var all []object
	all = collect(all, set.ConfigMaps)
	all = collect(all, set.Secrets)
	all = collect(all, set.Claims)
	return collect(all, set.PersistentVolumes)
}

func collect[T any](all []object, of []manifests.Object[T]) []object {
	for _, o := range of {
		if !o.Stored {
			all = append(all, object{o.Origin, o.Source})
		}
	}
	return all
}
