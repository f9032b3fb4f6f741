package manifests

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Publication is a port of a pod that is to be published besides what its manifest says, or instead of it.
type Publication struct {
	// Pod is the pod's name; empty is the only one that it can be for.
	Pod string
	// HostIP is the address of the host; empty is what a port without hostIP has.
	HostIP string
	// HostPort is the port of the host; 0 is the number of the container's.
	HostPort int32
	// ContainerPort is a number, or the name of a port in the manifest.
	ContainerPort string
	// Protocol is empty for that of the port in the manifest, else TCP.
	Protocol v1.Protocol
	// text is how it was written.
	text string
}

// PublicationForm is what ParsePublication takes. An address of IPv6 stands in brackets.
const PublicationForm = "[POD:][[IP:]HOST:]CONTAINER[/PROTOCOL]"

// publication tells the parts apart: only a pod's name has other letters than an address.
var publication = regexp.MustCompile(`^(?:([^:\[\]]*[^:\[\]0-9.][^:\[\]]*):)?(?:(?:(\[[^]]*\]|[0-9.]+):)?([0-9]+):)?([^:/]+)(?:/(.*))?$`)

// ParsePublication reads "8080:80", "127.0.0.2:8080:80", "web:8080:80", "[::1]:8080:http" or "53/udp".
func ParsePublication(text string) (Publication, error) {
	p := Publication{text: text}
	m := publication.FindStringSubmatch(text)
	if m == nil {
		return p, fmt.Errorf("%q is not %s", text, PublicationForm)
	}
	p.Pod, p.ContainerPort, p.Protocol = m[1], m[4], v1.Protocol(strings.ToUpper(m[5]))
	if p.Pod != "" && len(validation.IsDNS1123Subdomain(p.Pod)) > 0 {
		return p, p.wrong("%q is not the name of a pod", p.Pod)
	}
	if m[2] != "" {
		addr, err := netip.ParseAddr(strings.Trim(m[2], "[]"))
		if err != nil {
			return p, p.wrong("%q is not an IP address", m[2])
		}
		p.HostIP = addr.String()
	}
	for _, word := range []string{m[3], m[4]} {
		if n, err := strconv.ParseUint(word, 10, 16); n == 0 && err == nil || errors.Is(err, strconv.ErrRange) {
			return p, p.wrong("%s is not a port, 1-65535", word)
		}
	}
	host, _ := strconv.ParseUint(m[3], 10, 16) // 0 without one
	p.HostPort = int32(host)
	if strings.Contains(text, "/") && !slices.Contains([]v1.Protocol{v1.ProtocolTCP, v1.ProtocolUDP, v1.ProtocolSCTP}, p.Protocol) {
		return p, p.wrong("%q is not a protocol: tcp, udp or sctp", m[5])
	}
	return p, nil
}

func (p Publication) wrong(format string, args ...any) error {
	return fmt.Errorf("%q: "+format, append([]any{p.text}, args...)...)
}
