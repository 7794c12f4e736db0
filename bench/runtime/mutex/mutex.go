// Eight goroutines add to one counter behind a lock, a million times each.
package main

import (
	"fmt"
	"sync"
)

const workers, each = 8, 1_000_000

func main() {
	var lock sync.Mutex
	var all sync.WaitGroup
	counter := int64(0)
	all.Add(workers)
	for range workers {
		go func() {
			for range each {
				lock.Lock()
				counter++
				lock.Unlock()
			}
			all.Done()
		}()
	}
	all.Wait()
	fmt.Println(counter)
}
