package translate

import (
	"cmp"
	"slices"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// bindings are the claims of a set, each with the PersistentVolume that it is bound to, if any.
type bindings map[plan.Ref]binding

type binding struct {
	claim  *v1.PersistentVolumeClaim
	volume *v1.PersistentVolume
}

// bind does what a cluster's controller does for volumes that are there: a claim gets the one that it names, else the one
// that names it, else the smallest that fits. A claim keeps what it was bound to earlier, so that a
// volume which is added later never changes what a pod finds in its directory.
func bind(set *manifests.Set, earlier map[plan.Ref]string) bindings {
	b := bindings{}
	volumes := map[string]*v1.PersistentVolume{}
	var free []*v1.PersistentVolume
	for _, o := range set.PersistentVolumes {
		volumes[o.Value.Name] = o.Value
		free = append(free, o.Value)
	}
	slices.SortFunc(free, func(x, y *v1.PersistentVolume) int {
		return cmp.Or(x.Spec.Capacity.Storage().Cmp(*y.Spec.Capacity.Storage()), cmp.Compare(x.Name, y.Name))
	})
	var claims []plan.Ref
	for _, o := range set.Claims {
		ref := plan.Ref{Namespace: o.Value.Namespace, Name: o.Value.Name}
		b[ref] = binding{claim: o.Value}
		claims = append(claims, ref)
	}
	slices.SortFunc(claims, func(x, y plan.Ref) int { return cmp.Compare(x.String(), y.String()) })
	take := func(ref plan.Ref, v *v1.PersistentVolume) {
		if i := slices.Index(free, v); i >= 0 && b[ref].volume == nil && mayHave(v, ref) {
			b[ref] = binding{b[ref].claim, v}
			free = slices.Delete(free, i, i+1)
		}
	}
	for _, ref := range claims {
		take(ref, volumes[b[ref].claim.Spec.VolumeName])
	}
	for _, ref := range claims {
		take(ref, volumes[earlier[ref]])
	}
	for _, ref := range claims {
		for _, v := range slices.Clone(free) {
			if v.Spec.ClaimRef != nil {
				take(ref, v)
			}
		}
	}
	for _, ref := range claims {
		if c := b[ref].claim; b[ref].volume == nil && c.Spec.VolumeName == "" {
			if i := slices.IndexFunc(free, func(v *v1.PersistentVolume) bool { return v.Spec.ClaimRef == nil && fits(c, v) }); i >= 0 {
				take(ref, free[i])
			}
		}
	}
	return b
}

// mayHave says that a volume is not reserved for another claim.
func mayHave(v *v1.PersistentVolume, claim plan.Ref) bool {
	ref := v.Spec.ClaimRef
	return ref == nil || ref.Namespace == claim.Namespace && ref.Name == claim.Name
}

// fits says whether a volume has what a claim asks for.
func fits(c *v1.PersistentVolumeClaim, v *v1.PersistentVolume) bool {
	class := ""
	if c.Spec.StorageClassName != nil {
		class = *c.Spec.StorageClassName
	}
	if class != v.Spec.StorageClassName || isBlock(c.Spec.VolumeMode) != isBlock(v.Spec.VolumeMode) ||
		v.Spec.Capacity.Storage().Cmp(*c.Spec.Resources.Requests.Storage()) < 0 {
		return false
	}
	for _, mode := range c.Spec.AccessModes {
		if !slices.Contains(v.Spec.AccessModes, mode) {
			return false
		}
	}
	if c.Spec.Selector == nil {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(c.Spec.Selector)
	return err == nil && selector.Matches(labels.Set(v.Labels))
}

func isBlock(mode *v1.PersistentVolumeMode) bool {
	return mode != nil && *mode == v1.PersistentVolumeBlock
}
