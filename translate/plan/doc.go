// Package plan holds the Plan: what one host must look like for a set of pods.
//
// A Plan is plain data, neutral to the container runtime and free of Kubernetes
// types. It is made by package translate and read by package runtime; it does
// nothing itself and imports nothing of this module.
//
// A Plan has a text form ([Plan.Text]) that tests and reviewers read, and
// each part that a runtime object is made from has a hash ([Sandbox.Hash],
// [Pod.UnitHash]) that is kept as a label on that object: when the hashes are
// equal, the object is as the plan wants it.
//
//	network kubehost
//	pod default/web as web
//	  sandbox web-infra
//	    network kubehost
//	    port 127.0.0.1:8080 -> 80/tcp
//	  main nginx as web-nginx
//	    image docker.io/library/nginx:1.27
//	    env PASSWORD=***
//	  ...
//
// What comes from a Secret is marked in the Plan; [Plan.Text] shows it only
// when asked, and [Plan.Masked] is the Plan without it.
package plan
