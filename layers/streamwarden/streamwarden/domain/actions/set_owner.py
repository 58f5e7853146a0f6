"""Set the owner's tag to the creator of the resource."""

from typing import ClassVar

from streamwarden.domain.actions.base.found_tags import SetsFoundTags
from streamwarden.domain.traits import Trait


class SetOwner(SetsFoundTags):
    word: ClassVar = "set_owner"
    meaning: ClassVar = (
        "Sets the tag that the rule names to the creator of the resource: the person behind a "
        "session of IAM Identity Center, or else the name of the user or the role. What a tag "
        "cannot hold becomes `_`. Never removes a tag."
    )
    needs: ClassVar = (Trait.OWNER_TAG,)
    refusal: ClassVar = "it does not say which tag is for the owner"
    unknown: ClassVar = "the owner's tag to the creator"
