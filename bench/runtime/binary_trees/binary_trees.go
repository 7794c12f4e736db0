// Allocation: many short-lived trees beside one that lives long. The argument is the depth.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type node struct{ left, right *node }

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{build(depth - 1), build(depth - 1)}
}

func (n *node) count() int {
	total := 1
	if n.left != nil {
		total += n.left.count()
	}
	if n.right != nil {
		total += n.right.count()
	}
	return total
}

func main() {
	depth := 18
	if len(os.Args) > 1 {
		depth, _ = strconv.Atoi(os.Args[1])
	}
	fmt.Println("stretch", depth+1, build(depth+1).count())
	longLived := build(depth)
	for d := 4; d <= depth; d += 2 {
		turns := 1 << (depth - d + 4)
		check := 0
		for i := 0; i < turns; i++ {
			check += build(d).count()
		}
		fmt.Printf("%d trees of depth %d: %d\n", turns, d, check)
	}
	fmt.Println("long lived", depth, longLived.count())
}
