// Searching texts: see text.gos.
package main

import (
	"fmt"
	"strings"
	"syscall"
)

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

func mix(n uint64) uint64 {
	a := (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9
	b := (a ^ (a >> 27)) * 0x94D049BB133111EB
	return b ^ (b >> 31)
}

func main() {
	var b strings.Builder
	for i := uint64(0); b.Len() < 1000000; i++ {
		b.WriteString("the quick brown fox, ")
		fmt.Fprintf(&b, "%d ", mix(i)%1000)
	}
	text := b.String()
	kilobytes := len(text) / 1000
	const rounds = 200
	position := func(at int) uint64 {
		if at < 0 {
			return 1
		}
		return uint64(at)
	}
	var check uint64
	begun := now()
	for range rounds {
		check += position(strings.IndexByte(text, '#'))
	}
	report("find absent byte", begun, rounds*kilobytes, check)
	check = 0
	begun = now()
	for range rounds {
		check += position(strings.Index(text, "quick brown cat"))
	}
	report("find absent text", begun, rounds*kilobytes, check)
	check = 0
	begun = now()
	for range rounds {
		check += position(strings.LastIndex(text, "zebra"))
	}
	report("rfind absent text", begun, rounds*kilobytes, check)
	check = 0
	begun = now()
	for range 20 {
		for part := range strings.SplitSeq(text, ",") {
			check += uint64(len(part))
		}
	}
	report("split at byte", begun, 20*kilobytes, check)
	check = 0
	begun = now()
	for range 20 {
		for part := range strings.SplitSeq(text, "brown") {
			check += uint64(len(part))
		}
	}
	report("split at text", begun, 20*kilobytes, check)
	check = 0
	begun = now()
	for range 20 {
		check += uint64(len(strings.ReplaceAll(text, "fox", "wolf")))
	}
	report("replace", begun, 20*kilobytes, check)
}
