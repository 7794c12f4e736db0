// Hash maps: see maps.gos.
package main

import (
	"fmt"
	"runtime"
	"syscall"
)

func mix(n uint64) uint64 {
	a := (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9
	b := (a ^ (a >> 27)) * 0x94D049BB133111EB
	return b ^ (b >> 31)
}

// Nanoseconds of CPU time.
func now() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func report(name string, begun int64, operations int, check uint64) {
	ns := float64(now()-begun) / float64(operations)
	fmt.Printf("%s\t%.3f\t%d\n", name, ns, check)
}

func measure[K comparable](name string, keys, absent []K, rounds int) {
	// What the cases before left is no cost of these.
	runtime.GC()
	total := len(keys) * rounds
	var check uint64
	var m map[K]uint64
	begun := now()
	for range rounds {
		m = make(map[K]uint64)
		for i, k := range keys {
			m[k] = uint64(i)
		}
		check += uint64(len(m))
	}
	report(name+" insert", begun, total, check)
	check = 0
	begun = now()
	for range rounds {
		m = make(map[K]uint64, len(keys))
		for i, k := range keys {
			m[k] = uint64(i)
		}
		check += uint64(len(m))
	}
	report(name+" insert, room made", begun, total, check)
	check = 0
	begun = now()
	for range rounds {
		for _, k := range keys {
			if v, ok := m[k]; ok {
				check += v
			}
		}
	}
	report(name+" hit", begun, total, check)
	check = 0
	begun = now()
	for range rounds {
		for _, k := range absent {
			if _, ok := m[k]; ok {
				check++
			}
		}
	}
	report(name+" miss", begun, total, check)
	check = 0
	begun = now()
	for range rounds {
		for _, v := range m {
			check += v
		}
	}
	report(name+" iterate", begun, total, check)
	check = 0
	begun = now()
	for range rounds {
		for i, k := range keys {
			if v, ok := m[k]; ok {
				check += v
			}
			delete(m, k)
			m[k] = uint64(i)
		}
	}
	report(name+" remove+insert", begun, total, check)
}

func numbers(from, count uint64) []uint64 {
	keys := make([]uint64, 0, count)
	for i := from; i < from+count; i++ {
		keys = append(keys, mix(i))
	}
	return keys
}

func texts(from, count uint64) []string {
	keys := make([]string, 0, count)
	for i := from; i < from+count; i++ {
		keys = append(keys, fmt.Sprintf("key:%d", mix(i)%100000000))
	}
	return keys
}

func main() {
	measure("u64 1k", numbers(0, 1000), numbers(1000000, 1000), 2000)
	measure("u64 1M", numbers(0, 1000000), numbers(1000000, 1000000), 2)
	measure("text 1k", texts(0, 1000), texts(1000000, 1000), 1000)
	measure("text 1M", texts(0, 1000000), texts(1000000, 1000000), 1)
}
