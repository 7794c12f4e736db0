// An interface with two implementations, used through a bound and through the interface.
type Shape_N interface {
	area() float64
	scale(factor float64)
}

type Circle_N struct {
	radius float64
}

type Rectangle_N struct {
	width, height float64
}

func (c *Circle_N) area() float64 {
	return 3.25 * c.radius * c.radius
}

func (c *Circle_N) scale(factor float64) {
	c.radius *= factor
}

func (r *Rectangle_N) area() float64 {
	return r.width * r.height
}

func (r *Rectangle_N) scale(factor float64) {
	r.width *= factor
	r.height *= factor
}

func doubled_N[S Shape_N](shape S) float64 {
	shape.scale(2.0)
	return shape.area() * 2.0
}

func total_N(shapes []Shape_N) float64 {
	sum := 0.0
	for _, shape := range shapes {
		sum += shape.area()
	}
	return sum
}

func unit_N(seed int64) int64 {
	circle := &Circle_N{float64(seed%K1) + 0.5}
	rectangle := &Rectangle_N{float64(K2), float64(seed % K3)}
	grown := doubled_N(circle) + doubled_N(rectangle)
	shapes := []Shape_N{circle, rectangle}
	return int64(grown+total_N(shapes)) % 1000003
}
