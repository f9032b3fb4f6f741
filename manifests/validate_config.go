package manifests

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxConfig is how many bytes the values of a ConfigMap or Secret may have together.
const maxConfig = v1.MaxSecretSize

func (c *checker) configMap(m *v1.ConfigMap) {
	c.metadata(field.NewPath("metadata"), m)
	data, binary := field.NewPath("data"), field.NewPath("binaryData")
	size := 0
	for _, key := range slices.Sorted(maps.Keys(m.Data)) {
		c.configKey(data.Key(key), key)
		size += len(m.Data[key])
	}
	for _, key := range slices.Sorted(maps.Keys(m.BinaryData)) {
		c.configKey(binary.Key(key), key)
		size += len(m.BinaryData[key])
		if _, both := m.Data[key]; both {
			c.invalid(binary.Key(key), "keep one of the two", "is a key of data too")
		}
	}
	c.configSize(data, size)
}

func (c *checker) configSize(at *field.Path, size int) {
	if size > maxConfig {
		c.invalid(at, "mount large files with a hostPath or a claim", "has %d bytes of values, at most %d (1 MiB) are allowed", size, maxConfig)
	}
}

// configKey checks a key of a ConfigMap or Secret, which may become the name of a file.
func (c *checker) configKey(at *field.Path, key string) {
	if key == "" {
		c.required(at, "name the key")
	} else if len(validation.IsConfigMapKey(key)) > 0 {
		c.invalid(at, keyHint(key), "%s is not a key: letters, digits, -, _ and ., at most 253, not . and not .. in front", quote(key))
	}
}

var notInKeys = regexp.MustCompile(`[^-._a-zA-Z0-9]+`)

func keyHint(key string) string {
	if strings.Contains(key, "/") {
		return "give it a name without /; a volume's items put a key at any path"
	}
	name := notInKeys.ReplaceAllString(key, "-")
	if name == key || len(validation.IsConfigMapKey(name)) > 0 {
		return ""
	}
	return "did you mean " + name + "?"
}

func (c *checker) secret(s *v1.Secret) {
	c.metadata(field.NewPath("metadata"), s)
	data := field.NewPath("data")
	size := 0
	for _, key := range slices.Sorted(maps.Keys(s.Data)) {
		c.configKey(c.secretKey(key), key)
		size += len(s.Data[key])
	}
	c.configSize(data, size)
	c.secretType(data, s)
}

// secretKey is where a key is written; defaulting has moved stringData into data.
func (c *checker) secretKey(key string) *field.Path {
	if hasKey(child(c.node, "stringData"), key) {
		return field.NewPath("stringData").Key(key)
	}
	return field.NewPath("data").Key(key)
}

// secretType checks the keys that Kubernetes asks of a type. Nothing of a value is ever repeated.
func (c *checker) secretType(data *field.Path, s *v1.Secret) {
	has := func(key string) bool { _, ok := s.Data[key]; return ok }
	need := func(keys ...string) {
		for _, key := range keys {
			if !has(key) {
				c.missing(data.Key(key), "add it, or remove the type", "is required in a Secret of type %s", s.Type)
			}
		}
	}
	isJSON := func(key string) {
		if need(key); has(key) && !json.Valid(s.Data[key]) {
			c.invalid(c.secretKey(key), "write the content of a docker config file", "is not valid JSON")
		}
	}
	switch s.Type {
	case v1.SecretTypeDockercfg:
		isJSON(v1.DockerConfigKey)
	case v1.SecretTypeDockerConfigJson:
		isJSON(v1.DockerConfigJsonKey)
	case v1.SecretTypeSSHAuth:
		need(v1.SSHAuthPrivateKey)
	case v1.SecretTypeTLS:
		need(v1.TLSCertKey, v1.TLSPrivateKeyKey)
	case v1.SecretTypeBasicAuth:
		if !has(v1.BasicAuthUsernameKey) && !has(v1.BasicAuthPasswordKey) {
			c.missing(data, "add one of them, or remove the type", "needs username or password in a Secret of type %s", s.Type)
		}
	case v1.SecretTypeServiceAccountToken:
		if s.Annotations[v1.ServiceAccountNameKey] == "" {
			c.required(field.NewPath("metadata", "annotations").Key(v1.ServiceAccountNameKey), "")
		}
	}
}
