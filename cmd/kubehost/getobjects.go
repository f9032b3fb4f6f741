package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubehost/kubehost/cmd/commandline"
	"github.com/kubehost/kubehost/cmd/printers"
	"github.com/kubehost/kubehost/cmd/settings"
	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/runtime"
	"github.com/kubehost/kubehost/translate/plan"
)

// getObjects lists what pods use, of one kind, as it was applied.
func (p *program) getObjects(c *cli.Context, kind string) error {
	if c.Bool("watch") || c.Bool("watch-only") {
		return commandline.Usage(c, "only pods can be watched")
	}
	words := c.Args().Slice()
	if len(words) == 1 && kindWords[strings.ToLower(words[0])] == kind {
		words = nil
	}
	sel, err := selectionOf(c, words)
	if err != nil {
		return err
	}
	for _, t := range sel.names {
		if t.Kind != kind {
			return commandline.Usage(c, "%s/%s: one kind is listed at a time", strings.ToLower(t.Kind), t.Name)
		}
	}
	printer, err := p.printer(c, sel)
	if err != nil {
		return err
	}
	s, err := p.user().Settings(c)
	if err != nil {
		return err
	}
	l, err := p.newListing(c, s)
	if err != nil {
		return err
	}
	all := l.items(kind)
	if kind == kindVolume { // it belongs to no namespace
		printer.Namespaces, sel.namespace = false, ""
	}
	items, missing := sel.ofItems(kind, all)
	if c.Bool("ignore-not-found") {
		missing = nil
	}
	if err := printer.SortItems(items); err != nil {
		return err
	}
	if len(sel.names) == 0 || len(items) > 0 {
		err = printer.PrintItems(objectColumns[kind], items, len(sel.names) == 1)
	}
	if len(items)+len(sel.names) == 0 && printer.Human() {
		p.note("%s", sel.none())
	}
	return errors.Join(append(missing, err)...)
}

// ofItems is [selection.of] for objects of one kind.
func (s selection) ofItems(kind string, all []*printers.Item) (items []*printers.Item, missing []error) {
	if len(s.names) == 0 {
		return slices.DeleteFunc(all, func(i *printers.Item) bool {
			return s.namespace != "" && i.Namespace != s.namespace || !s.labels.Matches(labels.Set(i.Labels))
		}), nil
	}
	for _, t := range s.names {
		n := slices.IndexFunc(all, func(i *printers.Item) bool { return i.Namespace == t.Namespace && i.Name == t.Name })
		if n < 0 {
			missing = append(missing, fmt.Errorf("%ss %q not found%s", strings.ToLower(kind), t.Name, strings.Replace(t.where(), " from ", " in ", 1)))
			continue
		}
		items = append(items, all[n])
	}
	return items, missing
}

const (
	kindConfigMap = "ConfigMap"
	kindSecret    = "Secret"
	kindClaim     = "PersistentVolumeClaim"
	kindVolume    = "PersistentVolume"
)

// objectColumns are kubectl's, but for AGE: nobody keeps when an object was first applied.
var objectColumns = map[string]printers.Columns{
	kindConfigMap: {Cells: []string{"DATA"}},
	kindSecret:    {Cells: []string{"TYPE", "DATA"}},
	kindClaim:     {Cells: []string{"STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS"}, Wide: []string{"USED BY"}},
	kindVolume:    {Cells: []string{"CAPACITY", "ACCESS MODES", "RECLAIM POLICY", "STATUS", "CLAIM", "STORAGECLASS"}, Wide: []string{"PATH"}},
}

// listing is what was applied, and how pods use it.
type listing struct {
	set   *manifests.Set
	pods  []runtime.StoredPod
	bound map[plan.Ref]string
	// base holds the directories of claims.
	base string
}

func (p *program) newListing(c *cli.Context, s settings.Settings) (l listing, err error) {
	store := runtime.Store{Dir: s.StateDir}
	stored, err := store.Objects()
	if err := p.warnDamaged(err); err != nil {
		return l, settings.StateError(err)
	}
	// Nothing is given: no problem is found in what was applied.
	l.set, _ = manifests.Load(c.Context, nil, manifests.Options{Stored: stored})
	l.pods, err = store.Pods()
	if err := p.warnDamaged(err); err != nil {
		return l, settings.StateError(err)
	}
	if l.bound, err = store.Bindings(); err != nil {
		return l, settings.StateError(err)
	}
	l.base = s.VolumeBaseDir
	return l, nil
}

// items are the objects of a kind, sorted by namespace and name.
func (l listing) items(kind string) []*printers.Item {
	var items []*printers.Item
	switch kind {
	case kindConfigMap:
		for _, o := range l.set.ConfigMaps {
			items = append(items, item(kind, o.Value, fmt.Sprint(len(o.Value.Data)+len(o.Value.BinaryData))))
		}
	case kindSecret:
		for _, o := range l.set.Secrets {
			items = append(items, item(kind, o.Value, string(o.Value.Type), fmt.Sprint(len(o.Value.Data))))
		}
	case kindClaim:
		for _, claim := range l.claims() {
			items = append(items, l.claim(claim))
		}
	case kindVolume:
		for _, o := range l.set.PersistentVolumes {
			items = append(items, l.volume(o.Value))
		}
	}
	slices.SortFunc(items, func(a, b *printers.Item) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return items
}

func item(kind string, o metav1.Object, cells ...string) *printers.Item {
	return &printers.Item{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), Labels: o.GetLabels(), Cells: cells, Value: o}
}

// claims are those that were applied, and those that pods use without.
func (l listing) claims() []*v1.PersistentVolumeClaim {
	var claims []*v1.PersistentVolumeClaim
	known := map[plan.Ref]bool{}
	for _, o := range l.set.Claims {
		claims, known[ref(o.Origin)] = append(claims, o.Value), true
	}
	for _, p := range l.pods {
		for _, v := range p.Plan.Volumes {
			r := plan.Ref{Namespace: p.Ref.Namespace, Name: v.Claim}
			if v.Claim == "" || known[r] {
				continue
			}
			known[r] = true
			claims = append(claims, &v1.PersistentVolumeClaim{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: kindClaim},
				ObjectMeta: metav1.ObjectMeta{Namespace: r.Namespace, Name: r.Name}})
		}
	}
	return claims
}

// claim is bound once there is something behind it, as with a provisioner that waits for the first pod.
func (l listing) claim(c *v1.PersistentVolumeClaim) *printers.Item {
	r := plan.Ref{Namespace: c.Namespace, Name: c.Name}
	var where, users []string
	if pv := l.bound[r]; pv != "" {
		c.Spec.VolumeName, where = pv, append(where, pv)
	}
	for _, p := range l.pods {
		for _, v := range p.Plan.Volumes {
			if p.Ref.Namespace != r.Namespace || v.Claim != r.Name {
				continue
			}
			users = append(users, p.Ref.Name)
			if v.Kind == plan.Claim {
				where = append(where, v.Path)
			}
		}
	}
	if dir := filepath.Join(l.base, r.Namespace, r.Name); len(where) == 0 {
		if info, err := os.Stat(dir); err == nil && info.IsDir() { // of a pod that was deleted
			where = append(where, dir)
		}
	}
	slices.Sort(where)
	c.Status.Phase = v1.ClaimPending
	if len(where) > 0 {
		c.Status = v1.PersistentVolumeClaimStatus{Phase: v1.ClaimBound, AccessModes: c.Spec.AccessModes, Capacity: c.Spec.Resources.Requests}
	}
	i := item(kindClaim, c, string(c.Status.Phase), strings.Join(slices.Compact(where), ","), storage(c.Status.Capacity), accessModes(c.Status.AccessModes),
		storageClass(c.Spec.StorageClassName))
	i.Wide = []string{cmp.Or(strings.Join(slices.Compact(users), ","), "<none>")}
	return i
}

func (l listing) volume(pv *v1.PersistentVolume) *printers.Item {
	pv.Status.Phase = v1.VolumeAvailable
	claim, path := "", ""
	for r, name := range l.bound {
		if name == pv.Name {
			pv.Status.Phase, claim = v1.VolumeBound, r.String()
		}
	}
	switch {
	case pv.Spec.Local != nil:
		path = pv.Spec.Local.Path
	case pv.Spec.HostPath != nil:
		path = pv.Spec.HostPath.Path
	}
	i := item(kindVolume, pv, storage(pv.Spec.Capacity), accessModes(pv.Spec.AccessModes), string(pv.Spec.PersistentVolumeReclaimPolicy),
		string(pv.Status.Phase), claim, pv.Spec.StorageClassName)
	i.Wide = []string{path}
	return i
}

func storage(l v1.ResourceList) string {
	if q, ok := l[v1.ResourceStorage]; ok {
		return q.String()
	}
	return ""
}

func storageClass(name *string) string {
	if name == nil {
		return "<unset>"
	}
	return *name
}

// accessModes writes them as kubectl does: RWO,ROX.
func accessModes(modes []v1.PersistentVolumeAccessMode) string {
	short := map[v1.PersistentVolumeAccessMode]string{v1.ReadWriteOnce: "RWO", v1.ReadOnlyMany: "ROX", v1.ReadWriteMany: "RWX", v1.ReadWriteOncePod: "RWOP"}
	var all []string
	for _, m := range modes {
		all = append(all, cmp.Or(short[m], string(m)))
	}
	return strings.Join(all, ",")
}
