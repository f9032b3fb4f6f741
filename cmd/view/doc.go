// Package view shows each pod of this host as a Kubernetes Pod with its status.
//
//	pods, err := view.All(ctx, engines)     // sorted by namespace and name
//	v, err := view.One(ctx, engines, pod)
//	object, err := v.Object()               // object.Status.Phase, as a kubelet would report it
//	fmt.Println(view.Summarize(object).Reason) // CrashLoopBackOff: kubectl's STATUS
//
// What is known of a pod comes from three places: the store has what was applied, the supervisor's status file says how it goes,
// and the runtime has the containers. This package puts them together, and where they differ the supervisor is believed of
// what it has seen. A [Watcher] looks at the same pods again and again, and asks the runtime only when a file tells of something new.
//
// It only looks. What is to become of a pod is decided elsewhere.
package view
