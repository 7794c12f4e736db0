// A tree of arithmetic: built, simplified, evaluated.
type kind_N int

const (
	number_N kind_N = iota
	variable_N
	add_N
	multiply_N
	negate_N
)

type Expression_N struct {
	kind        kind_N
	number      int64
	left, right *Expression_N
}

func (e *Expression_N) evaluate(variable int64) int64 {
	value := int64(0)
	switch e.kind {
	case number_N:
		value = e.number
	case variable_N:
		value = variable
	case add_N:
		value = e.left.evaluate(variable) + e.right.evaluate(variable)
	case multiply_N:
		value = e.left.evaluate(variable) * e.right.evaluate(variable)
	case negate_N:
		value = -e.left.evaluate(variable)
	}
	return value % 65521
}

func (e *Expression_N) simplify() *Expression_N {
	switch e.kind {
	case add_N, multiply_N:
		left, right := e.left.simplify(), e.right.simplify()
		neutral := int64(0)
		if e.kind == multiply_N {
			neutral = 1
		}
		if left.kind == number_N && left.number == neutral {
			return right
		}
		if right.kind == number_N && right.number == neutral {
			return left
		}
		return &Expression_N{kind: e.kind, left: left, right: right}
	}
	return e
}

func (e *Expression_N) size() int64 {
	switch e.kind {
	case add_N, multiply_N:
		return 1 + e.left.size() + e.right.size()
	case negate_N:
		return 1 + e.left.size()
	}
	return 1
}

func grow_N(depth, seed int64) *Expression_N {
	if depth == 0 {
		if seed%K1 == 0 {
			return &Expression_N{kind: variable_N}
		}
		return &Expression_N{kind: number_N, number: seed % K2}
	}
	left := grow_N(depth-1, seed*7%1009)
	right := grow_N(depth-1, seed*13%1013)
	switch seed % 3 {
	case 0:
		return &Expression_N{kind: add_N, left: left, right: right}
	case 1:
		return &Expression_N{kind: multiply_N, left: left, right: right}
	}
	return &Expression_N{kind: negate_N, left: left}
}

func unit_N(seed int64) int64 {
	tree := grow_N(4, seed+K3)
	simple := tree.simplify()
	if tree.evaluate(K4) != simple.evaluate(K4) {
		panic("simplified wrongly")
	}
	return simple.evaluate(K4)*64 + simple.size()
}
