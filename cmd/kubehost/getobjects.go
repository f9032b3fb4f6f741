package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
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
	switch {
	case c.IsSet("filename"):
		return commandline.Usage(c, "names and -f cannot be given together")
	case c.Bool("watch") || c.Bool("watch-only"):
		return commandline.Usage(c, "only pods can be watched")
	}
	sel, err := selectionOf(c, withoutKind(kind, c.Args().Slice()))
	if err == nil {
		err = sel.only(c, kind)
	}
	if err != nil {
		return err
	}
	printer, err := p.printer(c, sel)
	if err != nil {
		return err
	}
	if kind == kindVolume { // it belongs to no namespace
		printer.Namespaces, sel.namespace = false, ""
	}
	s, err := p.user().Settings(c)
	if err != nil {
		return err
	}
	l, err := newListing(c, s, kind)
	damaged := runtime.DamagedIn(err)
	if err != nil && damaged == nil {
		return settings.StateError(err)
	}
	items, missing := sel.ofItems(l.items(kind))
	if c.Bool("ignore-not-found") {
		missing = nil
	}
	if err = printer.SortItems(items); err != nil {
		return err
	}
	if len(sel.names) == 0 || len(items) > 0 {
		err = printer.PrintItems(objectColumns[kind], items, len(sel.names) == 1)
	}
	if len(items)+len(sel.names) == 0 && printer.Human() {
		p.note("%s", sel.none())
	}
	errs := append(missing, err)
	for _, f := range damaged {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

// only is an error when something of another kind is named.
func (s selection) only(c *cli.Context, kind string) error {
	for _, t := range s.names {
		if t.Kind != kind {
			return commandline.Usage(c, "%s/%s: one kind is listed at a time", strings.ToLower(t.Kind), t.Name)
		}
	}
	return nil
}

// ofItems is [selection.of] for objects of one kind.
func (s selection) ofItems(all []*printers.Item) (items []*printers.Item, missing []error) {
	if len(s.names) == 0 {
		return slices.DeleteFunc(all, func(i *printers.Item) bool {
			return s.namespace != "" && i.Namespace != s.namespace || !s.labels.Matches(labels.Set(i.Labels))
		}), nil
	}
	for _, t := range s.names {
		n := slices.IndexFunc(all, func(i *printers.Item) bool { return i.Namespace == t.Namespace && i.Name == t.Name })
		if n < 0 {
			missing = append(missing, t.notFound())
			continue
		}
		items = append(items, all[n])
	}
	return items, missing
}

// objectColumns are kubectl's, but for AGE, which nobody keeps, and for what means nothing on one host. VOLUME of a claim is its
// directory, unless it is bound to a PersistentVolume.
var objectColumns = map[string]printers.Columns{
	kindConfigMap: {Cells: []string{"DATA"}},
	kindSecret:    {Cells: []string{"TYPE", "DATA"}},
	kindClaim:     {Cells: []string{"STATUS", "VOLUME", "CAPACITY", "ACCESS MODES", "STORAGECLASS"}, Wide: []string{"USED BY"}},
	kindVolume:    {Cells: []string{"CAPACITY", "ACCESS MODES", "RECLAIM POLICY", "STATUS", "CLAIM", "STORAGECLASS"}, Wide: []string{"PATH"}},
}

// listing is what was applied, and how pods use it.
type listing struct {
	set *manifests.Set
	// uses are those of each claim by pods.
	uses map[plan.Ref][]use
	// volumes are the PersistentVolumes that claims are bound to.
	volumes map[plan.Ref]*v1.PersistentVolume
	// base holds the directories of claims.
	base string
}

// use is that of a claim by a pod.
type use struct {
	pod    string
	volume plan.Volume
}

// newListing reads what there is to say of objects of a kind. The error is runtime.Damaged when that is not all.
func newListing(c *cli.Context, s settings.Settings, kind string) (l listing, err error) {
	store := runtime.Store{Dir: s.StateDir}
	stored, damaged := store.Objects()
	if damaged != nil && runtime.DamagedIn(damaged) == nil {
		return l, damaged
	}
	// Nothing is given: no problem is found in what was applied.
	l.set, _ = manifests.Load(c.Context, nil, manifests.Options{Stored: stored})
	if kind != kindClaim && kind != kindVolume {
		return l, damaged
	}
	l.base = s.VolumeBaseDir
	pods, err := store.Pods()
	if err != nil && runtime.DamagedIn(err) == nil {
		return l, err
	}
	bound, err := store.Bindings()
	if err != nil {
		return l, err
	}
	l.uses = map[plan.Ref][]use{}
	for _, p := range pods {
		for _, v := range p.Plan.Volumes {
			if r := (plan.Ref{Namespace: p.Ref.Namespace, Name: v.Claim}); v.Claim != "" {
				l.uses[r] = append(l.uses[r], use{p.Ref.Name, v})
			}
		}
	}
	// What a pod has counts more than what was kept for the next one.
	for r, uses := range l.uses {
		bound[r] = uses[0].volume.PersistentVolume
	}
	l.volumes = map[plan.Ref]*v1.PersistentVolume{}
	for r, name := range bound {
		for _, o := range l.set.PersistentVolumes {
			if o.Value.Name == name {
				l.volumes[r] = o.Value
			}
		}
	}
	return l, damaged
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
		items = l.claims()
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

// claims are those that were applied, those that pods use without, and those of which nothing but the data is left.
func (l listing) claims() []*printers.Item {
	claims, left := map[plan.Ref]*v1.PersistentVolumeClaim{}, map[plan.Ref]bool{}
	places := map[string]bool{}
	for _, o := range l.set.Claims {
		claims[ref(o.Origin)] = o.Value
	}
	for r, uses := range l.uses {
		if claims[r] == nil {
			claims[r] = newClaim(r)
		}
		for _, u := range uses {
			places[u.volume.Path] = true
		}
	}
	dirs, _ := fs.Glob(os.DirFS(l.base), "*/*")
	for _, dir := range dirs {
		r := plan.Ref{Namespace: path.Dir(dir), Name: path.Base(dir)}
		dir = filepath.Join(l.base, dir)
		if claims[r] == nil && !places[dir] && checkNames([]target{{kindClaim, r}}) == nil && isDir(dir) {
			claims[r], left[r] = newClaim(r), true
		}
	}
	var items []*printers.Item
	for r, c := range claims {
		phase := v1.ClaimBound
		if left[r] {
			phase = v1.PersistentVolumeClaimPhase(v1.VolumeReleased)
		}
		items = append(items, l.claim(r, c, phase))
	}
	return items
}

func newClaim(r plan.Ref) *v1.PersistentVolumeClaim {
	return &v1.PersistentVolumeClaim{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: kindClaim}, ObjectMeta: metav1.ObjectMeta{Namespace: r.Namespace, Name: r.Name}}
}

// claim is pending as long as there is nothing behind it, as with a provisioner that waits for the first pod; then it is in that phase.
func (l listing) claim(r plan.Ref, c *v1.PersistentVolumeClaim, phase v1.PersistentVolumeClaimPhase) *printers.Item {
	status := v1.PersistentVolumeClaimStatus{Phase: phase, AccessModes: c.Spec.AccessModes, Capacity: c.Spec.Resources.Requests}
	var where, users []string
	for _, u := range l.uses[r] {
		users, where = append(users, u.pod), append(where, cmp.Or(u.volume.PersistentVolume, u.volume.Path))
	}
	dir := filepath.Join(l.base, r.Namespace, r.Name)
	switch pv := l.volumes[r]; {
	case pv != nil:
		c.Spec.VolumeName, where = pv.Name, []string{pv.Name}
		status.AccessModes, status.Capacity = pv.Spec.AccessModes, pv.Spec.Capacity
	case len(where) == 0 && isDir(dir): // of a pod that was deleted
		where = []string{dir}
	case len(where) == 0 && c.Spec.VolumeName != "": // which is not there
		status = v1.PersistentVolumeClaimStatus{Phase: v1.ClaimLost}
	case len(where) == 0:
		status = v1.PersistentVolumeClaimStatus{Phase: v1.ClaimPending}
	}
	c.Status = status
	i := item(kindClaim, c, string(status.Phase), joined(where), storage(status.Capacity), accessModes(status.AccessModes), storageClass(c.Spec.StorageClassName))
	i.Wide = []string{cmp.Or(joined(users), "<none>")}
	return i
}

// joined are words, each once.
func joined(words []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(words))), ",")
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// volume is bound to the first of the claims that have it.
func (l listing) volume(pv *v1.PersistentVolume) *printers.Item {
	pv.Status.Phase = v1.VolumeAvailable
	for _, r := range slices.SortedFunc(maps.Keys(l.volumes), plan.Ref.Compare) {
		if l.volumes[r].Name == pv.Name && pv.Status.Phase != v1.VolumeBound {
			pv.Status.Phase = v1.VolumeBound
			pv.Spec.ClaimRef = &v1.ObjectReference{APIVersion: "v1", Kind: kindClaim, Namespace: r.Namespace, Name: r.Name}
		}
	}
	claim, place := "", ""
	if r := pv.Spec.ClaimRef; r != nil {
		claim = r.Namespace + "/" + r.Name
	}
	switch {
	case pv.Spec.Local != nil:
		place = pv.Spec.Local.Path
	case pv.Spec.HostPath != nil:
		place = pv.Spec.HostPath.Path
	}
	i := item(kindVolume, pv, storage(pv.Spec.Capacity), accessModes(pv.Spec.AccessModes), string(pv.Spec.PersistentVolumeReclaimPolicy),
		string(pv.Status.Phase), claim, pv.Spec.StorageClassName)
	i.Wide = []string{place}
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
		return ""
	}
	return *name
}

// accessModes writes them as kubectl does: RWO,ROX.
func accessModes(modes []v1.PersistentVolumeAccessMode) string {
	var all []string
	for _, m := range []struct {
		mode  v1.PersistentVolumeAccessMode
		short string
	}{{v1.ReadWriteOnce, "RWO"}, {v1.ReadOnlyMany, "ROX"}, {v1.ReadWriteMany, "RWX"}, {v1.ReadWriteOncePod, "RWOP"}} {
		if slices.Contains(modes, m.mode) {
			all = append(all, m.short)
		}
	}
	return strings.Join(all, ",")
}
