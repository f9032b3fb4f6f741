package probe

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubehost/kubehost/translate/plan"
)

func TestHookHTTP(t *testing.T) { // fact 9.5
	var got []string
	target, port := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Proto+" "+r.URL.Path)
		for _, name := range []string{"User-Agent", "Accept", "Accept-Encoding", "Connection", "Authorization"} {
			if v, ok := r.Header[name]; ok {
				got = append(got, name+": "+strings.Join(v, ","))
			}
		}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "http://elsewhere.example/", http.StatusFound)
			return
		}
		w.WriteHeader(500)
	})
	for _, c := range []plan.HTTP{{Path: "rel"}, {Path: "/moved"},
		{Path: "/tls", TLS: true, Headers: []plan.Header{{Name: "authorization", Value: "secret"}, {Name: "Accept", Value: "a"}}}} {
		c.Port = port
		if err := Hook(t.Context(), plan.Check{HTTP: &c}, target); err != nil {
			t.Errorf("%s: %v", c.Path, err)
		}
	}
	want := []string{
		"HTTP/1.1 /rel", "User-Agent: kube-lifecycle/1.35", "Accept: */*", "Accept-Encoding: gzip",
		"HTTP/1.1 /moved", "User-Agent: kube-lifecycle/1.35", "Accept: */*", "Accept-Encoding: gzip",
		"HTTP/1.1 /tls", "User-Agent: kube-lifecycle/1.35", "Accept: a", "Accept-Encoding: gzip",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestHookFails(t *testing.T) {
	failed := func(err error) Exec { return func(context.Context, Command) (Exit, error) { return Exit{}, err } }
	exited := func(e Exit) Exec { return func(context.Context, Command) (Exit, error) { return e, nil } }
	argv := []string{"sh", "-c", "x"}
	for _, test := range []struct {
		check plan.Check
		exec  Exec
		want  string
	}{
		{plan.Check{HTTP: &plan.HTTP{Host: "127.0.0.1", Port: closedPort(t), Path: "/"}}, nil, "connection refused"},
		{plan.Check{HTTP: &plan.HTTP{Port: 80, Path: "/"}}, nil, "the pod has no address yet"},
		{plan.Check{TCP: &plan.TCPDial{Port: 80}}, nil, "no handler that a hook can have"},
		{plan.Check{Exec: argv}, exited(Exit{[]byte("no"), 3}), "command 'sh -c x' exited with 3: no"},
		{plan.Check{Exec: argv}, failed(errors.New("no such binary")), "no such binary"},
	} {
		err := Hook(t.Context(), test.check, Target{Exec: test.exec})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.check, err, test.want)
		}
	}
	if err := Hook(t.Context(), plan.Check{Exec: argv}, Target{Exec: exited(Exit{})}); err != nil {
		t.Error(err)
	}
}

func TestHookSleep(t *testing.T) { // fact 9.9
	synctest.Test(t, func(t *testing.T) {
		seconds, start := int64(3), time.Now()
		if err := Hook(t.Context(), plan.Check{Sleep: &seconds}, Target{}); err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := Hook(ctx, plan.Check{Sleep: &seconds}, Target{}); err == nil || time.Since(start) != 4*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
