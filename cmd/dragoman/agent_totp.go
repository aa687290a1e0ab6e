package main

import (
	"dragoman/agent"
	"dragoman/chat"
)

type agentTOTPCommand struct {
	Email string `arg:"" help:"The agent's mail address."`
	Off   bool   `help:"Ask for no code any more: for who has lost his phone and his recovery codes."`
}

// Run tells of an agent's second step, or takes it away.
func (c *agentTOTPCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := findAgent(r, s, c.Email)
	if err != nil {
		return err
	}
	step, err := s.SecondStep(r.ctx, a.ID)
	switch {
	case err != nil:
		return err
	case step.Secret == "":
		r.printf("The login of %s asks for no code.\n", a.Email)
		return nil
	case !c.Off:
		r.printf("The login of %s asks for a code; %d recovery codes are left.\n", a.Email, len(step.Recovery))
		return nil
	}
	if err := s.SetSecondStep(r.ctx, a.ID, chat.SecondStep{}); err != nil {
		return err
	}
	// Whoever lost the phone may have lost a browser that is logged in with it.
	if _, err := s.EndLogins(r.ctx, a.ID, agent.SessionHash{}); err != nil {
		return err
	}
	r.notef("off: %s logs in with the password alone, and has to do so again everywhere", a.Email)
	return nil
}
