package main

import (
	"maps"
	"slices"
	"testing"

	"dragoman/internal/policy"
)

// The addresses that neither edge answers have rows in the policy, too.
func TestPolicyOfTheServersOwnAddresses(t *testing.T) {
	s := &server{metrics: &metrics{}}
	table := policy.New()
	for door, routes := range map[policy.Door][]string{
		policy.Open:     slices.Collect(maps.Keys(s.ownRoutes())),
		policy.Operator: slices.Collect(maps.Keys(s.watching())),
	} {
		if err := table.Check(routes); err != nil {
			t.Error(err)
		}
		for _, pattern := range routes {
			if r, _ := table.Rule(policy.Verb(pattern)); r.Door != door {
				t.Errorf("%s: the door is %d, want %d", pattern, r.Door, door)
			}
		}
	}
}
