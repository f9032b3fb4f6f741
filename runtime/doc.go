// Package runtime makes a host be as a Plan says, through the command line of docker or podman.
//
// Its core is level-triggered, as a kubelet is. [Engine.Observe] asks the runtime, in one or two
// calls, what is there; [Decide] is a pure function from what should be and
// what is to a graph of [Step]s, each with its cause; an [Executor] runs the graph and decides
// nothing. Killing kubehost at any moment and running it again
// always converges, because nothing is remembered: what decide needs is in the labels of
// runtime objects and in the names of files.
//
// A step is a typed operation ([Op]). [Engine.Action] renders it into the one
// form that runs: commands and file operations. Dry-run prints these very actions ([Script]),
// so what is printed is what happens.
//
// Whatever containers can write to is theirs: no path through a volume of theirs is given to a runtime, no link in it is
// followed, and what is removed is removed without looking at what it is called. Only the group and mode of files in
// a claim that other pods write to at the same moment are set by name, one directory at a time, as by a kubelet.
//
// What differs between docker and podman is behind [Dialect]; the packages docker and
// podman hold only those differences. The package knows no Kubernetes types and never exits.
package runtime
