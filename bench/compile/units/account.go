// An account whose deposits may fail.
type Account_N struct {
	id      int64
	balance int64
	name    string
}

type Negative_N struct{ by int64 }
type Limit_N struct{ wanted, limit int64 }

func (e Negative_N) Error() string { return "negative" }
func (e Limit_N) Error() string    { return "limit" }

func newAccount_N(id int64, name string) Account_N {
	return Account_N{id, 0, name}
}

func (a *Account_N) deposit(amount int64) (int64, error) {
	if amount < 0 {
		return 0, Negative_N{amount}
	}
	limit := int64(K1 * 1000)
	if a.balance+amount > limit {
		return 0, Limit_N{amount, limit}
	}
	a.balance += amount
	return a.balance, nil
}

func transfer_N(from, to *Account_N, amount int64) error {
	if _, err := to.deposit(amount); err != nil {
		return err
	}
	from.balance -= amount
	return nil
}

func unit_N(seed int64) int64 {
	first := newAccount_N(K1, "first")
	second := newAccount_N(K2, "second")
	refused := int64(0)
	for step := int64(0); step < K3; step++ {
		amount := (seed+step*K4)%500 - 20
		switch e := transfer_N(&first, &second, amount).(type) {
		case Negative_N:
			refused -= e.by
		case Limit_N:
			refused += e.limit - e.wanted
		}
	}
	if first == second {
		return 0
	}
	return (refused + second.balance - first.balance) % 1000003
}
