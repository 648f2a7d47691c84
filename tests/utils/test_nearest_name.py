from keras_gan.utils.nearest_name import nearest


def test_nearest():
    assert nearest("minmax", ["minimax", "non_saturating"]) == " Did you mean 'minimax'?"
    assert nearest("zzz", ["minimax", "non_saturating"]) == ""
    assert nearest(3, ["minimax"]) == ""
