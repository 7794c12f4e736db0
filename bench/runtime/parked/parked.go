// A million goroutines that wait on one channel until it is closed.
package main

import (
	"fmt"
	"sync"
)

const count = 1_000_000

func main() {
	gate := make(chan int64)
	var all sync.WaitGroup
	all.Add(count)
	for range count {
		go func() {
			<-gate
			all.Done()
		}()
	}
	close(gate)
	all.Wait()
	fmt.Printf("%d woken\n", count)
}
