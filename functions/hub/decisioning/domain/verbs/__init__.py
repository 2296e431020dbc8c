"""The functions of each verb. A verb is executed directly, or finds candidates for arbitration. A
call of a connector is one or the other: it finds a candidate if it reaches the customer."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.catalogue.domain.verbs.append import AppendRecord
from hub.catalogue.domain.verbs.call import PlaceCall
from hub.catalogue.domain.verbs.emit import EmitEvent
from hub.catalogue.domain.verbs.notify import NotifySystem
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.catalogue.domain.verbs.send import SendMessage
from hub.catalogue.domain.verbs.set_trait import SetTrait
from hub.catalogue.domain.verbs.suppress import Suppress
from hub.catalogue.domain.verbs.update import UpdateSystem
from hub.catalogue.domain.verbs.verb import Verb
from hub.catalogue.domain.verbs.wait import Wait
from hub.decisioning.domain.effects import Effects, VerbContext
from hub.decisioning.domain.verbs import (
    append,
    call,
    connector_verb,
    emit,
    offer,
    send,
    set_trait,
    suppress,
    wait,
)
from hub.decisioning.domain.verbs.candidate_finder import FindCandidates

ExecuteVerb = Callable[[Any, VerbContext], Effects]
EXECUTORS: Mapping[type[Verb], ExecuteVerb] = {
    UpdateSystem: connector_verb.execute,
    NotifySystem: connector_verb.execute,
    AppendRecord: append.execute,
    SetTrait: set_trait.execute,
    Wait: wait.execute,
    EmitEvent: emit.execute,
    Suppress: suppress.execute,
}
CANDIDATE_FINDERS: Mapping[type[Verb], FindCandidates] = {
    SendMessage: send.find_candidates,
    MakeOffer: offer.find_candidates,
    PlaceCall: call.find_candidates,
    UpdateSystem: connector_verb.find_candidates,
    NotifySystem: connector_verb.find_candidates,
}
