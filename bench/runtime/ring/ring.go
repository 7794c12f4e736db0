// A token goes round a ring of 10,000 goroutines a hundred times.
package main

import "fmt"

const size, turns = 10_000, 100

func pass(from <-chan int64, to chan<- int64) {
	for token := range from {
		to <- token + 1
	}
	close(to)
}

func main() {
	first := make(chan int64)
	from := first
	for i := 1; i < size; i++ {
		next := make(chan int64)
		go pass(from, next)
		from = next
	}
	var token int64
	for range turns {
		go func(value int64) { first <- value }(token + 1)
		token = <-from
	}
	close(first)
	fmt.Println(token)
}
