// Package report shows the steps of a command, and the pods that it waits for, as progress.
//
//	show := report.New(progress.Options{Mode: progress.Plain, Out: os.Stderr})
//	defer show.Close()
//	err := runtime.Executor{Engine: engine, Report: show.Event}.Run(ctx, steps)
//	if !show.Failed[pod] {
//		show.Arrived(&p, memory, time.Since(begun))
//	}
//
// Package progress draws, and knows nothing of runtimes; this one knows what is worth a line: which step may take long, what a
// supervisor's status says that was not said yet, what was only interrupted and has not failed. It decides nothing, and why something
// failed is the command's error, told by that.
package report
