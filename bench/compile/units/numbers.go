// Sequences of numbers: closures, loops.
func apply_N(values []int64, f func(int64) int64) []int64 {
	result := []int64{}
	for _, value := range values {
		result = append(result, f(value))
	}
	return result
}

func primes_N(limit int) []int {
	composite := make([]bool, limit+1)
	primes := []int{}
	for n := 2; n <= limit; n++ {
		if composite[n] {
			continue
		}
		primes = append(primes, n)
		multiple := n * n
		for multiple <= limit {
			composite[multiple] = true
			multiple += n
		}
	}
	return primes
}

func median_N(values []int64) (int64, bool) {
	if len(values) == 0 {
		return 0, false
	}
	sorted := append([]int64{}, values...)
	for i := 1; i < len(sorted); i++ {
		j := i
		for j > 0 && sorted[j-1] > sorted[j] {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
			j--
		}
	}
	return sorted[len(sorted)/2], true
}

func unit_N(seed int64) int64 {
	primes := primes_N(K1)
	offset := seed % K2
	shifted := apply_N([]int64{3, 1, K3, offset, K4}, func(value int64) int64 { return value*3 + offset })
	even := int64(0)
	for _, value := range shifted {
		if value%2 == 0 {
			even += value / 2
		}
	}
	large := false
	for _, value := range shifted {
		if value > K4 {
			large = true
			break
		}
	}
	products := int64(0)
outer:
	for i := 0; i < len(shifted); i++ {
		for j := i + 1; j < len(shifted); j++ {
			if shifted[i] == shifted[j] {
				continue outer
			}
			products += shifted[i] * shifted[j] % 97
		}
	}
	middle, _ := median_N(shifted)
	last := int64(2)
	if large {
		last = 1
	}
	return even + int64(len(primes)) + products + middle + last
}
