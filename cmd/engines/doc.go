// Package engines finds the engine, docker or podman, that each pod is with.
//
//	f, err := engines.New(user, s)    // which pods are with which runtime, from the state directory
//	engine, err := f.Pod(ctx, pod)    // that of a pod, which stays with the one that it was applied with
//	engine, err = f.Chosen(ctx)       // that of new pods, as the settings say
//	all, err := f.All(ctx)            // those that may have pods
//
// An engine is looked for once and when it is needed: to ask one whether it answers costs as much as what it is then asked
// for. A user's engines know what the host keeps from a user. The package changes nothing on the host, and says what
// is missing and how to mend it in its errors alone.
package engines
