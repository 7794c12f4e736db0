// Sorting: see sorting.gos.
package main

import (
	"cmp"
	"fmt"
	"slices"
	"syscall"
)

// Nanoseconds of CPU time.
func now() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func mix(n uint64) uint64 {
	a := (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9
	b := (a ^ (a >> 27)) * 0x94D049BB133111EB
	return b ^ (b >> 31)
}

func report(name string, begun int64, operations int, check uint64) {
	ns := float64(now()-begun) / float64(operations)
	fmt.Printf("%s\t%.3f\t%d\n", name, ns, check)
}

func numbers(name string, v []uint64) {
	const rounds = 4
	var check uint64
	begun := now()
	for range rounds {
		copied := slices.Clone(v)
		slices.SortStableFunc(copied, func(a, b uint64) int { return cmp.Compare(a, b) })
		check ^= copied[len(v)/3]
	}
	report(name+" stable", begun, len(v)*rounds, check)
	begun = now()
	for range rounds {
		copied := slices.Clone(v)
		slices.Sort(copied)
		check ^= copied[len(v)/5]
	}
	report(name+" unstable", begun, len(v)*rounds, check)
}

func texts(name string, v []string) {
	begun := now()
	copied := slices.Clone(v)
	slices.SortStableFunc(copied, func(a, b string) int { return cmp.Compare(a, b) })
	report(name+" stable", begun, len(v), uint64(len(copied[len(v)/3])))
	begun = now()
	copied = slices.Clone(v)
	slices.Sort(copied)
	report(name+" unstable", begun, len(v), uint64(len(copied[len(v)/5])))
}

func fill(n uint64, f func(uint64) uint64) []uint64 {
	v := make([]uint64, n)
	for i := range v {
		v[i] = f(uint64(i))
	}
	return v
}

func main() {
	const n = 1000000
	numbers("u64 random", fill(n, mix))
	numbers("u64 sorted", fill(n, func(i uint64) uint64 { return i }))
	numbers("u64 reversed", fill(n, func(i uint64) uint64 { return n - i }))
	numbers("u64 few unique", fill(n, func(i uint64) uint64 { return mix(i) % 16 }))
	numbers("u64 mostly sorted", fill(n, func(i uint64) uint64 {
		if mix(i)%64 == 0 {
			return mix(i) % n
		}
		return i
	}))
	keys := make([]string, 200000)
	for i := range keys {
		keys[i] = fmt.Sprintf("key:%d", mix(uint64(i))%100000000)
	}
	texts("texts", keys)
}
