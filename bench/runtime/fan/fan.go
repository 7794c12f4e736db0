// One goroutine hands a million jobs to 64 workers, one gathers what they made of them.
package main

import "fmt"

const workers, jobs = 64, 1_000_000

func work(from <-chan uint64, to chan<- uint64) {
	for job := range from {
		x := job
		for range 20 {
			x = x*6364136223846793005 + 1442695040888963407
		}
		to <- x >> 33
	}
}

func main() {
	from, to := make(chan uint64, 128), make(chan uint64, 128)
	for range workers {
		go work(from, to)
	}
	go func() {
		for job := range uint64(jobs) {
			from <- job
		}
		close(from)
	}()
	var sum uint64
	for range jobs {
		sum += <-to
	}
	fmt.Println(sum)
}
