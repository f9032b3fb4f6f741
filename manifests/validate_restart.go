package manifests

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The limits of a container's restart rules.
const (
	maxRestartRules = 20
	maxRuleCodes    = 255
)

// restart checks a container's own restart policy and its rules, which are the same for init and main containers.
// See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restart-rules.
func (c *checker) restart(at *field.Path, ctr *v1.Container) {
	policy, rules := at.Child("restartPolicy"), at.Child("restartPolicyRules")
	if ctr.RestartPolicy != nil {
		c.oneOfAll(policy, string(*ctr.RestartPolicy), string(v1.ContainerRestartPolicyAlways),
			string(v1.ContainerRestartPolicyOnFailure), string(v1.ContainerRestartPolicyNever))
	} else if len(ctr.RestartPolicyRules) > 0 {
		c.missing(policy, "write the policy that holds where no rule does, such as that of the pod", "is required beside restartPolicyRules")
	}
	if n := len(ctr.RestartPolicyRules); n > maxRestartRules {
		c.invalid(rules, "put the exit codes of several rules into one", "has %d rules, at most %d are allowed", n, maxRestartRules)
	}
	for i := range ctr.RestartPolicyRules {
		c.restartRule(rules.Index(i), &ctr.RestartPolicyRules[i])
	}
}

func (c *checker) restartRule(at *field.Path, r *v1.ContainerRestartRule) {
	if r.Action != v1.ContainerRestartRuleActionRestartAllContainers { // the field table has its own word on that one
		c.oneOfAll(at.Child("action"), string(r.Action), string(v1.ContainerRestartRuleActionRestart))
	}
	codes := at.Child("exitCodes")
	if r.ExitCodes == nil {
		c.required(codes, "say which exit codes the rule is for: operator and values")
		return
	}
	c.oneOfAll(codes.Child("operator"), string(r.ExitCodes.Operator),
		string(v1.ContainerRestartRuleOnExitCodesOpIn), string(v1.ContainerRestartRuleOnExitCodesOpNotIn))
	if n := len(r.ExitCodes.Values); n > maxRuleCodes {
		c.invalid(codes.Child("values"), "", "has %d exit codes, at most %d are allowed", n, maxRuleCodes)
	}
}

// oneOfAll is as oneOf, and the word must be there.
func (c *checker) oneOfAll(at *field.Path, value string, allowed ...string) {
	if value == "" {
		c.required(at, "write "+list2(allowed))
		return
	}
	oneOf(c, at, value, allowed...)
}

// isSidecar says that an init container runs on beside the main ones.
func isSidecar(ctr *v1.Container) bool {
	return ctr.RestartPolicy != nil && *ctr.RestartPolicy == v1.ContainerRestartPolicyAlways
}
