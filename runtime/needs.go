package runtime

import (
	"slices"

	"github.com/kubehost/kubehost/translate/plan"
)

// ordered puts each pod behind those that it is started after, and leaves the order as it is otherwise.
func ordered(work []podWork) []podWork {
	var sorted []podWork
	done := map[plan.Ref]bool{}
	var add func(w podWork)
	add = func(w podWork) {
		if done[w.pod.Ref] {
			return
		}
		done[w.pod.Ref] = true
		for _, n := range w.pod.Needs {
			if i := slices.IndexFunc(work, func(o podWork) bool { return o.pod.Ref == n.Pod }); i >= 0 {
				add(work[i])
			}
		}
		sorted = append(sorted, w)
	}
	for _, w := range work {
		add(w)
	}
	return sorted
}

// started are the steps that start what a pod is started after. What runs already, and what is not in the plan, has none.
func (b *builder) started(needs []plan.Need) []string {
	var ids []string
	for _, n := range needs {
		for i := range b.desired.Plan.Pods {
			p := &b.desired.Plan.Pods[i]
			for _, u := range p.Units {
				if p.Ref == n.Pod && (u.Name == n.Container || n.Container == "" && u.Role == plan.Main) {
					ids = append(ids, unitID(p.Ref, u.Name))
				}
			}
		}
	}
	return ids
}
