// Package progress shows people and programs what goes on while a command works: on a terminal as lines that stay
// up to date, elsewhere as one line for each thing that matters, or as JSON.
//
// It knows nothing of runtimes. Whoever works reports what has become of an image, a pod or a container:
//
//	d := progress.New(progress.Options{Mode: progress.Plain, Out: os.Stderr})
//	defer d.Close()
//	d.Report(progress.Event{Item: progress.Item{Pod: "web", Container: "app"}, Phase: progress.Done, State: "Running"})
//
// prints
//
//	pod "web": container app: Running
package progress
