package main

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubehost/kubehost/manifests"
)

type podType = v1.Pod

// object is an object of a set, of any kind. source is as it was given, value has its defaults.
type object struct {
	origin manifests.Origin
	source []byte
	value  metav1.Object
	stored bool
}

// objects are those of a set: other than pods, and then the pods.
func objects(set *manifests.Set) (others, pods []object) {
	others = collect(others, set.ConfigMaps)
	others = collect(others, set.Secrets)
	others = collect(others, set.Claims)
	others = collect(others, set.PersistentVolumes)
	return others, collect(pods, set.Pods)
}

func collect[T metav1.Object](all []object, of []manifests.Object[T]) []object {
	for _, o := range of {
		all = append(all, object{o.Origin, o.Source, o.Value, o.Stored})
	}
	return all
}
