package translate

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubehost/kubehost/manifests"
	"github.com/kubehost/kubehost/translate/plan"
)

// checkOrder refuses pods that wait for one another in a circle: none of them could ever start.
func (t *translator) checkOrder(pods []*podTranslator, planned []plan.Pod) {
	needs := map[plan.Ref][]plan.Ref{}
	for i := range planned {
		for _, n := range planned[i].Needs {
			needs[planned[i].Ref] = append(needs[planned[i].Ref], n.Pod)
		}
	}
	told := map[plan.Ref]bool{}
	for _, p := range pods {
		circle := circleFrom(p.ref, needs)
		if circle == nil || told[p.ref] {
			continue
		}
		var names []string
		for _, r := range circle {
			told[r] = true
			names = append(names, r.Name)
		}
		at := field.NewPath("metadata", "annotations").Key(manifests.AnnotationDependsOn)
		p.fail(at, "take one of these out", "pods would wait for one another for ever: %s", strings.Join(append(names, p.ref.Name), " -> "))
	}
}

// circleFrom is the shortest way from a pod along what it needs back to itself; nil when there is none.
func circleFrom(start plan.Ref, needs map[plan.Ref][]plan.Ref) []plan.Ref {
	from := map[plan.Ref]plan.Ref{}
	for queue := []plan.Ref{start}; len(queue) > 0; queue = queue[1:] {
		for _, next := range needs[queue[0]] {
			if next == start && queue[0] != start {
				var circle []plan.Ref
				for at := queue[0]; at != start; at = from[at] {
					circle = append(circle, at)
				}
				circle = append(circle, start)
				slices.Reverse(circle)
				return circle
			}
			if _, seen := from[next]; !seen {
				from[next] = queue[0]
				queue = append(queue, next)
			}
		}
	}
	return nil
}
