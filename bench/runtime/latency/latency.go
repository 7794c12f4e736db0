// How late a goroutine that sleeps 1 ms at a time wakes up while 500 MB of trees, maps and strings
// live and others replace parts of them. Arguments: seconds, goroutines that churn, live MB.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"sync/atomic"
	"time"
)

type tree struct {
	value       int
	left, right *tree
}

type live struct {
	trees  []*tree
	tables []map[int]string
}

func build(depth, value int) *tree {
	if depth == 0 {
		return nil
	}
	return &tree{value, build(depth-1, value*2), build(depth-1, value*2+1)}
}

func table(seed int) map[int]string {
	table := map[int]string{}
	for i := 0; i < 1000; i++ {
		table[seed+i] = fmt.Sprintf("entry %d of table %d", i, seed)
	}
	return table
}

// About one MB: half trees, half a table of strings.
func (l *live) part(at, seed int) {
	l.trees[at] = build(13, seed)
	for i := 0; i < 5; i++ {
		l.tables[at*5+i] = table(seed)
	}
}

func churn(parts, seed int, done *atomic.Bool) {
	l := live{make([]*tree, parts), make([]map[int]string, parts*5)}
	for i := 0; i < parts; i++ {
		l.part(i, seed+i)
	}
	state := uint64(seed)*2 + 1
	for !done.Load() {
		state = state*6364136223846793005 + 1442695040888963407
		l.part(int(state>>33)%parts, seed)
	}
}

func argument(i, other int) int {
	if len(os.Args) > i {
		other, _ = strconv.Atoi(os.Args[i])
	}
	return other
}

func main() {
	seconds, churners := argument(1, 10), argument(2, 1)
	parts := argument(3, 500) / churners
	var done atomic.Bool
	for i := 0; i < churners; i++ {
		go churn(parts, i*1000000, &done)
	}
	// The structures are built first.
	time.Sleep(5 * time.Second)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var late []int
	begun := time.Now()
	for time.Since(begun) < time.Duration(seconds)*time.Second {
		slept := time.Now()
		time.Sleep(time.Millisecond)
		late = append(late, int(time.Since(slept).Microseconds())-1000)
	}
	runtime.ReadMemStats(&after)
	done.Store(true)
	sort.Ints(late)
	n := len(late)
	fmt.Printf("p50 %d p99 %d p99.9 %d max %d us, %d collections, heap %d MB\n",
		late[n/2], late[n*99/100], late[n*999/1000], late[n-1],
		after.NumGC-before.NumGC, after.HeapInuse/1000000)
}
