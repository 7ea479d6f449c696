"""Every kind of mail: its name, who writes it, who gets it. Importing this module registers them."""

from ridgeway.office.notices import register
from ridgeway.office.notices.registry import Kind
from ridgeway.services.petitions.notices import election, outcomes, signers, supporters, team
from ridgeway.services.petitions.notices.preview import render_preview
from ridgeway.services.petitions.notices.recipients import (
    list_everybody_once,
    list_shot_at,
    list_signers_of_open,
    list_subscribers,
)

KINDS = (
    Kind("petitions.gather_support", supporters.render_gather_support),
    Kind("petitions.supported", supporters.render_supported),
    Kind("petitions.threshold_reached", supporters.render_threshold_reached),
    Kind("petitions.moderation_delayed", supporters.render_said),
    Kind("petitions.stopped", supporters.render_stopped),
    Kind("petitions.published", supporters.render_published),
    Kind("petitions.rejected", supporters.render_rejected),
    Kind("petitions.hidden", supporters.render_hidden),
    Kind("petitions.confirm_sponsor", signers.render_confirm_sponsor),
    Kind("petitions.confirm_signature", signers.render_confirm_signature),
    Kind("petitions.already_signed", signers.render_already_signed),
    Kind("petitions.response", outcomes.render_response, list_subscribers),
    Kind("petitions.debate_scheduled", outcomes.render_debate_scheduled, list_subscribers),
    Kind("petitions.debated", outcomes.render_debated, list_subscribers),
    Kind("petitions.business", outcomes.render_business, list_subscribers),
    Kind("petitions.mailshot", outcomes.render_mailshot, list_shot_at),
    Kind("petitions.closing_early", election.render_closing_early, list_signers_of_open),
    Kind("petitions.privacy", election.render_privacy, list_everybody_once),
    Kind("petitions.feedback", team.render_feedback),
    Kind("petitions.report", team.render_report),
    Kind("petitions.debate_reminder", team.render_debate_reminder),
    Kind("petitions.preview", render_preview),
)

for kind in KINDS:
    register(kind.name, render=kind.render, recipients=kind.recipients)
