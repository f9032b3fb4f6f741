package runtime

import "testing"

// TestUnreachable: what the runtimes say of a registry that does not work, in their words of several versions, and what
// they say of one that does and says no.
func TestUnreachable(t *testing.T) {
	for says, want := range map[string]bool{
		// docker
		`Error response from daemon: Get "http://r:5000/v2/": dial tcp 10.0.0.7:5000: connect: connection refused`:                                                        true,
		`Error response from daemon: Get "https://r/v2/": dial tcp: lookup r on 10.0.0.1:53: no such host`:                                                                true,
		`Error response from daemon: Get "https://r/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`:       true,
		`Error response from daemon: received unexpected HTTP status: 500 Internal Server Error`:                                                                          true,
		`Error response from daemon: received unexpected HTTP status: 503 Service Unavailable`:                                                                            true,
		`Error response from daemon: failed to resolve reference "r/app:1": unexpected status from HEAD request to https://r/v2/app/manifests/1: 503 Service Unavailable`: true,
		`Error response from daemon: failed to copy: httpReadSeeker: failed open: unexpected status code https://r/v2/app/blobs/sha256:abc: 502 Bad Gateway`:              true,
		`Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading`:                  true,
		`Error response from daemon: error parsing HTTP 429 response body: invalid character 'd' looking for beginning of value: "down"`:                                  true,
		`Error response from daemon: failed to resolve reference "r/app:1": unexpected status from HEAD request to https://r/v2/app/manifests/1: 429 Too Many Requests`:   true,
		`Error response from daemon: failed to resolve reference "r/app:1": unexpected status from HEAD request to https://r/v2/app/manifests/1: 403 Forbidden`:           false,
		`Error response from daemon: received unexpected HTTP status: 418 I'm a teapot`:                                                                                   false,
		`Error response from daemon: manifest for r/app:503 not found: manifest unknown: manifest unknown`:                                                                false,
		`Error response from daemon: pull access denied for r/app, repository does not exist or may require 'docker login': denied`:                                       false,
		// podman
		`Error: initializing source docker://r:5000/app:1: pinging container registry r:5000: Get "https://r:5000/v2/": dial tcp 10.0.0.7:5000: connect: connection refused`: true,
		`Error: initializing source docker://r/app:1: pinging container registry r: Get "https://r/v2/": net/http: TLS handshake timeout`:                                    true,
		`Error: initializing source docker://r/app:1: pinging container registry r: invalid status code from registry 503 (Service Unavailable)`:                             true,
		`Error: initializing source docker://r/app:1: reading manifest 1 in r/app: received unexpected HTTP status: 503 Service Unavailable`:                                 true,
		`Error: initializing source docker://r/app:1: pinging container registry r: too many requests to registry`:                                                           true,
		`Error: initializing source docker://r/app:1: reading manifest 1 in r/app: StatusCode: 429, down`:                                                                    true,
		`Error: initializing source docker://r/app:1: reading manifest 1 in r/app: StatusCode: 500, "down"`:                                                                  true,
		`Error: initializing source docker://r/app:1: reading manifest 1 in r/app: toomanyrequests: service unavailable`:                                                     true,
		`Error: initializing source docker://r/app:1: pinging container registry r: invalid status code from registry 403 (Forbidden)`:                                       false,
		`Error: initializing source docker://r/app:1: reading manifest 1 in r/app: StatusCode: 404, ""`:                                                                      false,
		`Error: initializing source docker://r/app:1: reading manifest 1 in r/app: manifest unknown`:                                                                         false,
		`Error: initializing source docker://r/app:1: unable to retrieve auth token: invalid username/password: unauthorized`:                                                false,
	} {
		if got := unreachable(&CommandError{Result: Result{Code: 125, Stderr: []byte(says + "\n")}}); got != want {
			t.Errorf("%v of: %s", got, says)
		}
	}
}
