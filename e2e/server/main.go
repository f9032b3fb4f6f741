// Server is what the probes and hooks of the end-to-end scripts ask. It prints a line for each request, with all its headers.
//
//	:8080, :8443 with TLS, 127.0.0.1:8081
//	  /status/CODE?to=URL  answers with the code, and leads to the URL
//	  /file/NAME           200 as long as the file /tmp/NAME is there, otherwise 503
//	  /loop                leads to itself
//	  /slow                an answer after 30 seconds
//	:9090                  gRPC's health service: "" and "good" are SERVING, "bad" is NOT_SERVING
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"maps"
	"math/big"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	cert, err := certificate()
	if err != nil {
		log.Fatal(err)
	}
	plain, h2c := new(http.Protocols), new(http.Protocols)
	plain.SetHTTP1(true)
	h2c.SetUnencryptedHTTP2(true)
	for _, addr := range []string{":8080", "127.0.0.1:8081"} {
		s := &http.Server{Addr: addr, Handler: logged("http", http.HandlerFunc(page)), Protocols: plain}
		go func() { log.Fatal(s.ListenAndServe()) }()
	}
	secure := &http.Server{Addr: ":8443", Handler: logged("https", http.HandlerFunc(page)), Protocols: plain,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}}}
	go func() { log.Fatal(secure.ListenAndServeTLS("", "")) }()
	rpc := &http.Server{Addr: ":9090", Handler: logged("grpc", http.HandlerFunc(health)), Protocols: h2c}
	go func() { log.Fatal(rpc.ListenAndServe()) }()
	<-term
}

// logged prints each request: what was asked, and the headers in order.
func logged(kind string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := fmt.Sprintf("%s %s %s %s Host: %s", kind, r.Method, r.URL, r.Proto, r.Host)
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			line += fmt.Sprintf("; %s: %s", name, strings.Join(r.Header[name], " and "))
		}
		fmt.Println(line)
		h.ServeHTTP(w, r)
	})
}

func page(w http.ResponseWriter, r *http.Request) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	code := http.StatusOK
	switch kind {
	case "status":
		code, _ = strconv.Atoi(rest)
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
		}
	case "file":
		if _, err := os.Stat(filepath.Join("/tmp", rest)); err != nil {
			code = http.StatusServiceUnavailable
		}
	case "loop":
		code = http.StatusFound
		w.Header().Set("Location", "/loop")
	case "slow":
		select {
		case <-r.Context().Done():
		case <-time.After(30 * time.Second):
		}
	}
	w.WriteHeader(code)
}

// health answers a call of grpc.health.v1.Health/Check: the request holds the service's name in field 1, the answer
// its status in field 1.
func health(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil || len(b) < 5 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	service := ""
	if b = b[5:]; len(b) > 2 {
		service = string(b[2:])
	}
	w.Header().Set("Content-Type", "application/grpc")
	status := map[string]byte{"": 1, "good": 1, "bad": 2}[service]
	if status == 0 {
		w.Header().Set("Grpc-Status", "5")
		w.Header().Set("Grpc-Message", "unknown service")
		return
	}
	_, _ = w.Write([]byte{0, 0, 0, 0, 2, 8, status})
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
}

// certificate is one that nobody has signed, and for no name.
func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
