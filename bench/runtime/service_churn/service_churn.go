package main

import (
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
)

type session struct {
	user  string
	roles []string
	hits  int
}

func query(seed int) string {
	var text strings.Builder
	for i := 0; i < 16; i++ {
		fmt.Fprintf(&text, "key%d=value-%d-%d&", i, seed, i*seed%1000)
	}
	return text.String()
}

func parsed(query string) map[string]string {
	fields := map[string]string{}
	for _, pair := range strings.Split(query, "&") {
		if key, value, found := strings.Cut(pair, "="); found {
			fields[key] = value
		}
	}
	return fields
}

func newSession(id int) *session {
	return &session{fmt.Sprintf("user %d", id), []string{fmt.Sprintf("reader %d", id%7), "writer"}, 0}
}

func answer(fields map[string]string, session session) string {
	var lines []string
	for i := 0; i < 16; i++ {
		value, found := fields[fmt.Sprintf("key%d", i)]
		if !found {
			value = "none"
		}
		lines = append(lines, fmt.Sprintf("\"%d\": \"%s for %s as %s\"", i, value, session.user, session.roles[i%2]))
	}
	return "{" + strings.Join(lines, ", ") + "}"
}

func argument(i, other int) int {
	if len(os.Args) > i {
		other, _ = strconv.Atoi(os.Args[i])
	}
	return other
}

func main() {
	requests, count := argument(1, 200000), argument(2, 100000)
	sessions := map[int]*session{}
	for id := 0; id < count; id++ {
		sessions[id] = newSession(id)
	}
	const clients = 8
	var lock sync.Mutex
	var group sync.WaitGroup
	bytes := 0
	for client := 0; client < clients; client++ {
		group.Add(1)
		go func() {
			defer group.Done()
			written := 0
			for request := 0; request < requests/clients; request++ {
				seed := request*31 + client
				fields := parsed(query(seed))
				lock.Lock()
				found := *sessions[seed%count]
				found.hits++
				if seed%4 == 0 {
					sessions[seed%count] = newSession(seed % count)
				}
				lock.Unlock()
				written += len(answer(fields, found))
			}
			lock.Lock()
			bytes += written
			lock.Unlock()
		}()
	}
	group.Wait()
	sample := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(sample)
	fmt.Println(bytes, sample[0].Value.Float64())
}
