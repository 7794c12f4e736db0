// Ten million numbers through a channel with room for 128.
package main

import "fmt"

const count = 10_000_000

func main() {
	numbers := make(chan int64, 128)
	go func() {
		for value := range int64(count) {
			numbers <- value
		}
		close(numbers)
	}()
	var sum int64
	for value := range numbers {
		sum += value
	}
	fmt.Println(sum)
}
