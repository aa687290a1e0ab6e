//go:build !plant

package main

import "dragoman/hub"

// planted returns the store as it is. Only a build with the tag "plant" puts a fault before it: the tests under faults show with those that
// they would notice.
func planted(s hub.Store) hub.Store { return s }
