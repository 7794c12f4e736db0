// The spectral norm of an infinite matrix, cut at 2000: loops over slices.
package main

import (
	"fmt"
	"math"
)

func a(i, j int) float64 {
	sum := i + j
	return 1.0 / float64(sum*(sum+1)/2+i+1)
}

func multiply(v, out []float64) {
	for i := range v {
		total := 0.0
		for j := range v {
			total += a(i, j) * v[j]
		}
		out[i] = total
	}
}

func multiplyTransposed(v, out []float64) {
	for i := range v {
		total := 0.0
		for j := range v {
			total += a(j, i) * v[j]
		}
		out[i] = total
	}
}

func main() {
	n := 2000
	u := make([]float64, n)
	v := make([]float64, n)
	scratch := make([]float64, n)
	for i := range u {
		u[i] = 1.0
	}
	for k := 0; k < 10; k++ {
		multiply(u, scratch)
		multiplyTransposed(scratch, v)
		multiply(v, scratch)
		multiplyTransposed(scratch, u)
	}
	uv, vv := 0.0, 0.0
	for i := range u {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("%.9f\n", math.Sqrt(uv/vv))
}
