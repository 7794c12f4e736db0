// Two goroutines answer each other two million times over unbuffered channels.
package main

import "fmt"

const turns = 2_000_000

func main() {
	ping, pong := make(chan int64), make(chan int64)
	go func() {
		for value := range ping {
			pong <- value + 1
		}
	}()
	var value int64
	for range turns {
		ping <- value
		value = <-pong
	}
	fmt.Println(value)
}
