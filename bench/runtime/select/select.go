// Four goroutines send half a million numbers each, one receives with `select`.
package main

import "fmt"

const each = 500_000

func produce(to chan<- int64) {
	for value := range int64(each) {
		to <- value
	}
}

func main() {
	a, b := make(chan int64), make(chan int64)
	c, d := make(chan int64), make(chan int64)
	for _, to := range []chan int64{a, b, c, d} {
		go produce(to)
	}
	var sum int64
	for range 4 * each {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		case v := <-c:
			sum += v
		case v := <-d:
			sum += v
		}
	}
	fmt.Println(sum)
}
