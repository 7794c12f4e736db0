// Three times a million goroutines that end at once, started by one.
package main

import (
	"fmt"
	"sync"
)

const rounds, count = 3, 1_000_000

func main() {
	for round := range rounds {
		var all sync.WaitGroup
		all.Add(count)
		for range count {
			go func() { all.Done() }()
		}
		all.Wait()
		fmt.Printf("round %d: %d ended\n", round, count)
	}
}
