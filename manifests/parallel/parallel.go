// Package parallel shares work that needs nothing but processors among them.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls do with each number below n, as many beside one another as there are processors, and returns when all have returned.
func Do(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	workers.Wait()
}
