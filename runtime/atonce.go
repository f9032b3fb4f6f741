package runtime

import "sync"

// mostAtOnce is how many files are read or written beside one another.
const mostAtOnce = 32

// AtOnce calls do with each number below n, many beside one another, and returns when all have returned. It is for files, and what is
// in them: who writes one waits for the disk, which takes what comes together as one.
func AtOnce(n int, do func(i int)) {
	slots := make(chan struct{}, mostAtOnce)
	var running sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		running.Go(func() {
			do(i)
			<-slots
		})
	}
	running.Wait()
}
