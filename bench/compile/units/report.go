// Records turned into text and back.
type Record_N struct {
	key     string
	amount  int64
	flagged bool
}

type Report_N struct {
	records   []Record_N
	separator string
}

func newReport_N(separator string) *Report_N {
	return &Report_N{separator: separator}
}

func (r *Report_N) add(key string, amount int64) *Report_N {
	r.records = append(r.records, Record_N{key, amount, amount > K1})
	return r
}

func (r *Report_N) render() string {
	var text strings.Builder
	for i, record := range r.records {
		if i > 0 {
			text.WriteString(r.separator)
		}
		mark := ""
		if record.flagged {
			mark = "!"
		}
		fmt.Fprintf(&text, "%s=%03d%s", record.key, record.amount, mark)
	}
	return text.String()
}

func (r *Report_N) find(key string) (Record_N, bool) {
	for _, record := range r.records {
		if record.key == key {
			return record, true
		}
	}
	return Record_N{}, false
}

func parse_N(part string) (string, int64, error) {
	key, digits, found := strings.Cut(part, "=")
	if !found {
		return "", 0, fmt.Errorf("no sign in %s", part)
	}
	amount, err := strconv.ParseInt(strings.TrimRight(digits, "!"), 10, 64)
	if err != nil {
		return "", 0, err
	}
	return key, amount, nil
}

func unit_N(seed int64) int64 {
	report := newReport_N("; ")
	report.add("alpha", seed%K2).add("beta", K3).add("gamma", K4)
	text := report.render()
	sum := int64(len(text))
	for _, part := range strings.Split(text, "; ") {
		key, amount, err := parse_N(part)
		if err != nil {
			sum--
			continue
		}
		sum += amount * int64(len(key))
	}
	if beta, found := report.find("beta"); found {
		return sum + beta.amount
	}
	return sum - 1
}
