// A generic stack, used with numbers and with text.
type Stack_N[T any] struct {
	items   []T
	highest int
}

func (s *Stack_N[T]) push(item T) {
	s.items = append(s.items, item)
	if len(s.items) > s.highest {
		s.highest = len(s.items)
	}
}

func (s *Stack_N[T]) pop() (T, bool) {
	var none T
	if len(s.items) == 0 {
		return none, false
	}
	last := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return last, true
}

func (s *Stack_N[T]) len() int {
	return len(s.items)
}

func brackets_N(text string) bool {
	open := &Stack_N[byte]{}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[':
			open.push(text[i])
		case ')':
			if top, some := open.pop(); !some || top != '(' {
				return false
			}
		case ']':
			if top, some := open.pop(); !some || top != '[' {
				return false
			}
		}
	}
	return open.len() == 0
}

func unit_N(seed int64) int64 {
	numbers := &Stack_N[int64]{}
	for i := int64(0); i < K1; i++ {
		numbers.push(seed + i)
		if i%K2 == 0 {
			numbers.push(i)
		} else if top, some := numbers.pop(); some && top%2 == 0 {
			numbers.push(top / 2)
		}
	}
	words := &Stack_N[string]{}
	words.push("([K1])")
	words.push("([)]")
	balanced := int64(0)
	for {
		word, some := words.pop()
		if !some {
			break
		}
		if brackets_N(word) {
			balanced++
		}
	}
	return int64(numbers.len())*10 + balanced + int64(numbers.highest)
}
