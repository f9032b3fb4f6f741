package runtime

import "testing"

func TestSharedLabel(t *testing.T) {
	for label, want := range map[string]string{
		"system_u:object_r:var_lib_t:s0":                "system_u:object_r:container_file_t:s0",
		"system_u:object_r:container_file_t:s0:c1,c2":   "system_u:object_r:container_file_t:s0",
		"unconfined_u:object_r:user_home_t:s0-s0:c0.c9": "unconfined_u:object_r:container_file_t:s0",
		"unlabeled": "", "": "",
	} {
		if got := sharedLabel(label); got != want {
			t.Errorf("%q: %q, not %q", label, got, want)
		}
	}
}
