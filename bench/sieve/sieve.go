// The primes below 50 million by Eratosthenes: bytes in a slice.
package main

import "fmt"

func main() {
	n := 50000000
	composite := make([]bool, n)
	for i := 2; i*i < n; i++ {
		if !composite[i] {
			for j := i * i; j < n; j += i {
				composite[j] = true
			}
		}
	}
	count := 0
	for k := 2; k < n; k++ {
		if !composite[k] {
			count++
		}
	}
	fmt.Println(count)
}
