// A state machine and a table of counts by name.
type stateKind_N int

const (
	idle_N stateKind_N = iota
	running_N
	waiting_N
	done_N
)

type State_N struct {
	kind stateKind_N
	time int64
}

type Event_N int

const (
	start_N Event_N = iota
	tick_N
	pause_N
	stop_N
)

func step_N(state State_N, event Event_N, now int64) State_N {
	switch {
	case state.kind == idle_N && event == start_N:
		return State_N{running_N, now}
	case state.kind == running_N && event == pause_N:
		return State_N{waiting_N, now - state.time}
	case state.kind == waiting_N && event == start_N:
		return State_N{running_N, now - state.time}
	case state.kind == waiting_N && event == tick_N && state.time > K1:
		return State_N{kind: done_N}
	case state.kind == done_N && event == start_N:
		return State_N{kind: idle_N}
	case event == stop_N:
		return State_N{kind: done_N}
	}
	return state
}

func event_N(number int64) Event_N {
	switch number % 7 {
	case 0, 4:
		return start_N
	case 1, 2:
		return tick_N
	case 3, 5:
		return pause_N
	}
	return stop_N
}

func name_N(state *State_N) string {
	switch state.kind {
	case idle_N:
		return "idle"
	case running_N:
		return "running"
	case waiting_N:
		return "waiting"
	}
	return "done"
}

func unit_N(seed int64) int64 {
	counts := map[string]int64{}
	state := State_N{}
	number := seed + K2
	for now := int64(0); now < K3; now++ {
		number = (number*31 + K4) % 9973
		state = step_N(state, event_N(number), now)
		counts[name_N(&state)]++
	}
	return counts["done"]*100 + counts["running"] + int64(len(counts))
}
