// A scanner over text: bytes, slices, positions.
type Token_N struct {
	kind   int
	word   string
	number int64
}

type Scanner_N struct {
	text string
	at   int
}

func (s *Scanner_N) next() (Token_N, bool) {
	for s.at < len(s.text) && s.text[s.at] == ' ' {
		s.at++
	}
	if s.at == len(s.text) {
		return Token_N{}, false
	}
	start := s.at
	first := s.text[start]
	s.at++
	switch {
	case isLetter_N(first):
		for s.at < len(s.text) && isLetter_N(s.text[s.at]) {
			s.at++
		}
		return Token_N{kind: 0, word: s.text[start:s.at]}, true
	case first >= '0' && first <= '9':
		value := int64(first - '0')
		for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
			value = value*10 + int64(s.text[s.at]-'0')
			s.at++
		}
		return Token_N{kind: 1, number: value}, true
	}
	return Token_N{kind: 2, number: int64(first)}, true
}

func isLetter_N(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

func unit_N(seed int64) int64 {
	text := fmt.Sprintf("let K1 = total%d + %d * (x - K2)", seed%K3, seed)
	scanner := &Scanner_N{text, 0}
	sum, words := int64(0), int64(0)
	for {
		token, some := scanner.next()
		if !some {
			break
		}
		switch token.kind {
		case 0:
			if token.word == "let" {
				words += 100
			} else {
				words += int64(len(token.word))
			}
		default:
			sum += token.number
		}
	}
	return (sum*1000 + words) % 1000003
}
