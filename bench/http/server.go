// The example service's health check with Go's own server: the same answers, no log.
package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "ok")
	})
	if err := http.ListenAndServe(os.Getenv("LISTEN_ADDR"), mux); err != nil {
		panic(err)
	}
}
