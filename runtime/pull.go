package runtime

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	goruntime "runtime"
	"strings"

	"github.com/kubehost/kubehost/translate/plan"
)

// Clue is a known cause of a failure: what its last words look like, or a command that tells. The first clue that holds
// gives the hint.
type Clue struct {
	// Says is looked for in what the failed command wrote to stderr; nil matches anything.
	Says *regexp.Regexp
	// Asks is a command that succeeds when the clue holds; nil asks nothing.
	Asks *Command
	Hint string
}

// imageExists prints the image's ID, and what it is made for.
func (e Engine) imageExists(ref string) Command {
	return e.command("image", "inspect", "--format", "{{.Id}} {{.Os}}/{{.Architecture}}", ref)
}

const useWhatIsHere = "imagePullPolicy: IfNotPresent uses an image that is here already"

func (e Engine) ensureImage(op EnsureImage) Action {
	exists := e.imageExists(op.Image)
	pull := Action{Run: []Command{e.pull(op)},
		Failure: "image " + op.Image + " cannot be pulled",
		Clues:   e.pullClues(op),
		Hint:    "check the name and the registry"}
	switch op.Pull {
	case plan.PullAlways:
		pull.Hint += "; " + useWhatIsHere
		pull.Spare = &exists
		return pull
	case plan.PullNever:
		return Action{Run: []Command{exists},
			Failure: "image " + op.Image + " is not present, and imagePullPolicy is Never",
			Clues:   e.builtHere(op.Image),
			Hint:    "pull, build or load it first, or set another imagePullPolicy"}
	}
	pull.Unless = &exists
	return pull
}

// removeImage never forces: the runtime refuses to remove what a container was made from. By its ID an image goes only
// when it has one name at the most.
func (e Engine) removeImage(op RemoveImage) Action {
	names := op.Names
	if len(names) == 0 {
		names = []string{op.ID}
	}
	return Action{Run: []Command{e.command(append([]string{"image", "rm"}, names...)...)}}
}

var (
	wantsLogin   = regexp.MustCompile(`(?i)unauthori[sz]ed|authentication required|no basic auth|denied|\b401\b|\b403\b|invalid username/password`)
	passwordFile = regexp.MustCompile(`(?m)^the password file `)
	unreached    = regexp.MustCompile(`(?i)no such host|connection refused|i/o timeout|network is unreachable|server misbehaving|temporary failure in name resolution|context deadline exceeded`)
)

// noSuchImage is what a pull says of a name that a registry does not have, and would not hide.
var noSuchImage = regexp.MustCompile(`(?i)manifest unknown|name unknown|repository name not known`)

// otherPlatform is what a pull says of an image that was made for several processors, and not for this host's.
var otherPlatform = regexp.MustCompile(`(?i)no matching manifest for|no image found in (?:manifest list|image index) for`)

// untimely is what a pull says of a certificate outside its time, or of any when the host's clock is wrong.
var untimely = regexp.MustCompile(`(?i)certificate has expired or is not yet valid`)

// down is what a pull says where the registry is there, but does not work.
var down = regexp.MustCompile(`(?i)(?:unexpected http status: |status code from registry |\bstatuscode: |unexpected status (?:code|from) .*: )5\d\d\b|` +
	`tls handshake timeout|connection reset by peer|no route to host|client\.timeout exceeded|\bEOF\b`)

// tooOften is what it says where it was asked too often from this host. That passes, too.
var tooOften = regexp.MustCompile(`(?i)toomanyrequests|too many requests|\bhttp 429\b|\bstatuscode: 429\b`)

// unreachable says whether a pull failed because the registry does not answer now, and not of what it said of the image.
func unreachable(err error) bool {
	var c *CommandError
	return errors.As(err, &c) && (unreached.Match(c.Result.Stderr) || down.Match(c.Result.Stderr) || tooOften.Match(c.Result.Stderr))
}

// pullClues are what pulls fail of, the likeliest first.
func (e Engine) pullClues(op EnsureImage) []Clue {
	login := "name a Secret of type kubernetes.io/dockerconfigjson in spec.imagePullSecrets, or log in with: " +
		e.Dialect.Name() + " login " + registryOf(op.Image)
	if len(op.Logins) > 0 {
		login = "the registry refuses the login of " + op.Logins[0].Username + ": check its name, its password and what it may pull"
	}
	reach := "this host does not reach the registry " + registryOf(op.Image) + ": check its name and the network"
	if op.Pull == plan.PullAlways {
		reach += "; " + useWhatIsHere
	}
	return append(e.builtHere(op.Image),
		Clue{Says: passwordFile, Hint: "mend the password file that kubehost.dev/registry-login names"},
		Clue{Says: otherPlatform, Hint: "there is none for this host, linux/" + goruntime.GOARCH + ": name another image or tag, or build it for that: --platform"},
		Clue{Says: noSuchImage, Hint: "the registry " + registryOf(op.Image) + " has no such repository or no such tag: check how both are spelt"},
		Clue{Says: tooOften, Hint: "the registry " + registryOf(op.Image) + " answers only so many pulls from here: wait, or log in"},
		Clue{Says: wantsLogin, Hint: login + "; a registry says so, too, of a repository that it does not have"},
		Clue{Says: untimely, Hint: "by the clock of this host the certificate of the registry " + registryOf(op.Image) +
			" is not valid now: see whether the clock is right (date), else the registry needs a new one"},
		Clue{Says: unreached, Hint: reach})
}

// library is where an image without a registry in its name is looked for.
const library = "docker.io/library/"

// builtHere recognises an image that podman built under a short name: there it is localhost/x, while docker's
// is docker.io/library/x, and so is the manifest's.
func (e Engine) builtHere(image string) []Clue {
	short, ok := strings.CutPrefix(image, library)
	if !ok {
		return nil
	}
	local := e.imageExists("localhost/" + short)
	return []Clue{{Asks: &local, Hint: "localhost/" + short + " is here: write image: localhost/" + short + ", or give it the name that both runtimes look for: " +
		e.Dialect.Name() + " tag localhost/" + short + " " + image}}
}

func registryOf(image string) string {
	registry, _, _ := strings.Cut(image, "/")
	return registry
}

// pull is the command that pulls an image. A login reaches it on stdin: as anybody may read a command line, and
// as no login of one pod may be left for the next, the runtime gets it in a file of a directory that is
// gone when the pull has ended.
func (e Engine) pull(op EnsureImage) Command {
	plain := e.command("pull", op.Image)
	plain.Pulls = op.Image
	if len(op.Logins) == 0 {
		return plain
	}
	var logins strings.Builder
	for _, l := range op.Logins {
		logins.WriteString(loginLine(l))
	}
	script := strings.Replace(pullWithLogin, "CONFIG\n", e.Dialect.Features().LoginConfig, 1)
	return Command{Argv: append([]string{"sh", "-euc", script, "sh"}, plain.Argv...), Stdin: []byte(logins.String()), Brief: plain.Argv, Pulls: op.Image}
}

// loginLine is a login as pullWithLogin reads it.
func loginLine(l plan.Login) string {
	registry := l.Registry
	if registry == "docker.io" {
		registry = "https://index.docker.io/v1/" // the name under which both runtimes keep it
	}
	if l.PasswordFile != "" {
		return fmt.Sprintf("file %s %s %s\n", registry, l.Username, l.PasswordFile)
	}
	return fmt.Sprintf("auth %s %s\n", registry, base64.StdEncoding.EncodeToString([]byte(l.Username+":"+l.Password)))
}

// pullWithLogin runs its arguments with each login of its stdin until one does. /run is memory: should
// the whole be killed, what is left goes with the next boot.
const pullWithLogin = `umask 077
dir=$(mktemp -d -p "${XDG_RUNTIME_DIR:-/run}" 2>/dev/null || mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' HUP INT TERM
CONFIG
status=1
while read -r kind registry user file; do
	auth=$user
	if [ "$kind" = file ]; then
		[ -r "$file" ] || { echo "the password file $file cannot be read" >&2; continue; }
		case $(stat -Lc %a "$file") in
		*0) ;;
		*) echo "the password file $file is open to all users of the host: chmod 600 $file" >&2; continue ;;
		esac
		auth=$(printf '%s:%s' "$user" "$(cat "$file")" | base64 | tr -d '\n')
	fi
	printf '{"auths":{"%s":{"auth":"%s"}}}' "$registry" "$auth" >"$dir/config.json"
	if "$@" </dev/null; then exit 0; else status=$?; fi
done
exit $status`
